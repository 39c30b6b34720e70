"""The connectors: feeds in, articles on news.raw. Never imports Beam.

The way of an article, by room:

- ``feedlist``: the subscribed URLs (``Feed``). ``state`` stores them; ``schedule`` times the polls.
- ``poll``: a due feed is polled. ``fetch`` returns a ``Response``, ``parse`` its entries.
- ``article``: for each new ``Entry``, the ``Page`` is fetched, its text and metadata extracted by
  ``extract``, and a ``RawArticle`` built.
- ``publish``: new articles and revisions are written to news.raw.

``websub`` receives feeds that hubs push, ``text`` has the pure functions for text, dates and URLs,
and ``cli`` the commands.
"""
