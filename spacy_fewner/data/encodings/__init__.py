"""In which encoding a file may be that is not UTF-8."""
