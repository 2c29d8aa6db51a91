"""What is to be written about: topics, entities, and turns for all of them."""
