"""Tables of public money: programmes, and what is owed under them."""
