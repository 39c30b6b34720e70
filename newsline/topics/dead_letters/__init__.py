"""Dead letters on their topic: count the open ones, select, show and settle them."""
