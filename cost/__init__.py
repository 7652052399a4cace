"""What the stacks cost in a month, by a dated table of prices.

``prices.toml`` holds prices, assumptions and what is free; ``table`` reads it, ``resources`` says
what each type of resource is billed by, ``estimate`` adds up, ``report`` prints.
"""
