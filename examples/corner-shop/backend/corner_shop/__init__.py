"""The corner shop's own system: accounts, orders, returns and the staff queue, over HTTP.

It stands for what a real business already has, so it knows nothing of tollfree and shares no code with it.
"""
