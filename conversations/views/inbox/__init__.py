"""What agents' browsers ask for: the desk's pages, its lists, and one address for each thing that can be done."""
