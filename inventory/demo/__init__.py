"""The houses of the demo: invented, in real cities, with every kind of policy, tax and restriction at work."""
