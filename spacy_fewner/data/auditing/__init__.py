"""What is wrong with examples, and where: checks, their report, copies and near copies."""
