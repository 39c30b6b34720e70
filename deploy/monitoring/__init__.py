"""Alert rules, scrape configuration and dashboard of newsline as one bundle."""
