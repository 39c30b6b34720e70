"""From feeds to news.raw. Never imports Beam."""
