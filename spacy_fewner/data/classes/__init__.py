"""Classes of whole texts: who has them, and whether a text has one or several."""
