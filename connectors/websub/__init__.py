"""WebSub (https://www.w3.org/TR/websub/): hubs push new entries; polling is the safety net."""
