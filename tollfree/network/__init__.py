"""Where requests may go, the connections that go nowhere else, and what keeps from asking what is broken."""
