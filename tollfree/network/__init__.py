"""Where requests may go, and the connections that go nowhere else: of a project's tools, and of its web pages."""
