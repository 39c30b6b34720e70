"""WebSub (https://www.w3.org/TR/websub/): hubs push what is new; polling becomes a safety net."""
