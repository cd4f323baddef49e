"""Pages of the web: fetched within limits, found by sitemap or crawl."""
