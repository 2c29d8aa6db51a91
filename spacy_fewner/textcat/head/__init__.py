"""The head in torch, and as the Thinc layer of a `LabelTextCat.v1`."""
