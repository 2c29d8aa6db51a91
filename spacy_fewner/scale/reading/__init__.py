"""Texts of any number, read one after the other: from files, folders, globs and stdin."""
