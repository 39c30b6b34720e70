CREATE TABLE public.articles (
    article_id bytea NOT NULL,
    revision integer NOT NULL,
    first_seen double precision NOT NULL,
    cluster_id bytea,
    nearest bytea,
    similarity double precision
);
CREATE TABLE public.bands (
    week integer NOT NULL,
    key bigint NOT NULL,
    article_id bytea NOT NULL
);
CREATE TABLE public.entries (
    feed integer NOT NULL,
    entry_id bytea NOT NULL,
    fingerprint bytea NOT NULL,
    attempts integer NOT NULL,
    settled boolean NOT NULL,
    outcome text NOT NULL,
    detail text NOT NULL,
    handled double precision NOT NULL,
    listed double precision NOT NULL,
    link bytea NOT NULL,
    likeness bytea,
    address text,
    title text
);
CREATE TABLE public.feeds (
    id integer NOT NULL,
    url text NOT NULL,
    listed boolean NOT NULL,
    owner text,
    leased_until double precision NOT NULL,
    fixed double precision,
    etag text,
    last_modified text,
    body_hash bytea,
    "interval" double precision,
    next_poll double precision NOT NULL,
    failures integer NOT NULL,
    last_outcome text NOT NULL,
    last_error text NOT NULL,
    last_success double precision,
    why text NOT NULL,
    title text NOT NULL,
    ttl double precision NOT NULL,
    recent double precision NOT NULL,
    came double precision NOT NULL,
    watched double precision NOT NULL,
    address text,
    moving_to text,
    moving_since double precision,
    moving_polls integer NOT NULL,
    also_read_by text,
    entries bigint NOT NULL,
    published bigint NOT NULL,
    updates bigint NOT NULL,
    duplicates bigint NOT NULL,
    robots bigint NOT NULL,
    refused bigint NOT NULL,
    pruned double precision NOT NULL,
    failed double precision,
    failed_outcome text NOT NULL,
    failed_detail text NOT NULL,
    changing text DEFAULT '[]'::text NOT NULL,
    listed_entries integer DEFAULT 0 NOT NULL,
    lost text DEFAULT '{}'::text NOT NULL,
    gaps bigint DEFAULT '0'::bigint NOT NULL,
    last_gap double precision
);
CREATE SEQUENCE public.feeds_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.feeds_id_seq OWNED BY public.feeds.id;
CREATE TABLE public.fingerprints (
    week integer NOT NULL,
    article_id bytea NOT NULL,
    signature bytea NOT NULL
);
CREATE TABLE public.links (
    link bytea NOT NULL,
    article_id bytea NOT NULL
);
CREATE TABLE public.listings (
    article_id bytea NOT NULL,
    feed_url text NOT NULL,
    entry_id text NOT NULL,
    title text NOT NULL
);
CREATE TABLE public.moved (
    address bytea NOT NULL,
    article_id bytea NOT NULL
);
CREATE TABLE public.newsline_state (
    version integer NOT NULL
);
CREATE TABLE public.outage (
    id integer NOT NULL,
    since double precision NOT NULL,
    seen double precision NOT NULL,
    cause text NOT NULL
);
CREATE TABLE public.positions (
    broker text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL
);
CREATE TABLE public.revisions (
    article_id bytea NOT NULL,
    revision integer NOT NULL,
    fetched_at double precision NOT NULL,
    title_hash bytea NOT NULL,
    text_hash bytea NOT NULL,
    exact_hash bytea NOT NULL,
    outline bytea NOT NULL,
    text_source text NOT NULL,
    reason text NOT NULL,
    feed_url text NOT NULL,
    address bytea
);
CREATE TABLE public.revisits (
    article_id bytea NOT NULL,
    due double precision NOT NULL,
    first_seen double precision NOT NULL,
    url text NOT NULL,
    feed_url text NOT NULL,
    entry bytea NOT NULL,
    etag text,
    last_modified text
);
CREATE TABLE public.subscriptions (
    feed_url text NOT NULL,
    hub text NOT NULL,
    topic text NOT NULL,
    token text NOT NULL,
    secret text NOT NULL,
    next_try double precision NOT NULL,
    asked_at double precision,
    expires double precision,
    failures integer NOT NULL,
    detail text NOT NULL,
    last_push double precision
);
CREATE TABLE public.turns (
    broker text NOT NULL,
    holder integer
);
ALTER TABLE ONLY public.feeds ALTER COLUMN id SET DEFAULT nextval('public.feeds_id_seq'::regclass);
INSERT INTO public.articles VALUES ('\x00000000000000000000000000000001', 1, 1772366400, NULL, NULL, NULL);
INSERT INTO public.articles VALUES ('\x00000000000000000000000000000002', 1, 1772366400, NULL, NULL, NULL);
INSERT INTO public.articles VALUES ('\x00000000000000000000000000000003', 1, 1772366400, NULL, NULL, NULL);
INSERT INTO public.entries VALUES (1, '\xcea3878a334b240469d159ff840b6434', '\x00000000000000000000000000000000', 1, true, 'published', '', 1700000000, 0, '\xcae66941d9efbd404e4d88758ea67670', NULL, NULL, NULL);
INSERT INTO public.feeds VALUES (1, 'https://example.org/feed', true, NULL, 0, NULL, '"v1"', NULL, NULL, NULL, 1700000900, 0, 'ok', '', NULL, '', '', 0, 0, 0, 0, NULL, NULL, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0, NULL, '', '', '[]', 0, '{}', 0, NULL);
INSERT INTO public.links VALUES ('\x20500cba657282d66bd492941185c2ac', '\x00000000000000000000000000000001');
INSERT INTO public.links VALUES ('\xe7d8ab7839e2c75b9ecd58d9ce11b1d9', '\x00000000000000000000000000000001');
INSERT INTO public.links VALUES ('\x0e5bbfb0c1295e0a01268c09345c9b48', '\x00000000000000000000000000000002');
INSERT INTO public.links VALUES ('\x3432e43045c82592c5b5ae96fbb08a38', '\x00000000000000000000000000000002');
INSERT INTO public.links VALUES ('\x4c1510a031686d6f3527fe326c2a972b', '\x00000000000000000000000000000003');
INSERT INTO public.links VALUES ('\xb971bbbd31c263fba493909db4b30f21', '\x00000000000000000000000000000003');
INSERT INTO public.listings VALUES ('\x00000000000000000000000000000001', 'https://example.org/feed', '1', 'Harbour reopens');
INSERT INTO public.listings VALUES ('\x00000000000000000000000000000002', 'https://example.org/feed', '2', 'Harbour reopens');
INSERT INTO public.listings VALUES ('\x00000000000000000000000000000003', 'https://example.org/feed', '3', 'Harbour reopens');
INSERT INTO public.moved VALUES ('\x0e5bbfb0c1295e0a01268c09345c9b48', '\x00000000000000000000000000000002');
INSERT INTO public.moved VALUES ('\x20500cba657282d66bd492941185c2ac', '\x00000000000000000000000000000001');
INSERT INTO public.moved VALUES ('\x4c1510a031686d6f3527fe326c2a972b', '\x00000000000000000000000000000003');
INSERT INTO public.newsline_state VALUES (3);
INSERT INTO public.positions VALUES ('embedded:broker.db', 0, 1);
INSERT INTO public.positions VALUES ('embedded:broker.db', 1, 1);
INSERT INTO public.positions VALUES ('embedded:broker.db', 2, 2);
INSERT INTO public.positions VALUES ('embedded:broker.db', 3, 0);
INSERT INTO public.revisions VALUES ('\x00000000000000000000000000000001', 1, 1772366400, '\xe2ebaf2cc5ea17b634a2981bae5e413a', '\x4ec3a75c5ee2086d0fda3f2dce762119', '\x031fcd50bf4c9213', '\x3eb75c08b3e837b1', 'page', 'first', 'https://example.org/feed', '\x20500cba657282d66bd492941185c2ac');
INSERT INTO public.revisions VALUES ('\x00000000000000000000000000000002', 1, 1772366400, '\xe2ebaf2cc5ea17b634a2981bae5e413a', '\x4ec3a75c5ee2086d0fda3f2dce762119', '\x031fcd50bf4c9213', '\x3eb75c08b3e837b1', 'page', 'first', 'https://example.org/feed', '\x0e5bbfb0c1295e0a01268c09345c9b48');
INSERT INTO public.revisions VALUES ('\x00000000000000000000000000000003', 1, 1772366400, '\xe2ebaf2cc5ea17b634a2981bae5e413a', '\x4ec3a75c5ee2086d0fda3f2dce762119', '\x031fcd50bf4c9213', '\x3eb75c08b3e837b1', 'page', 'first', 'https://example.org/feed', '\x4c1510a031686d6f3527fe326c2a972b');
INSERT INTO public.turns VALUES ('embedded:broker.db', NULL);
SELECT pg_catalog.setval('public.feeds_id_seq', 1, true);
ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_pkey PRIMARY KEY (article_id);
ALTER TABLE ONLY public.bands
    ADD CONSTRAINT bands_pkey PRIMARY KEY (week, key, article_id);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (feed, entry_id);
ALTER TABLE ONLY public.feeds
    ADD CONSTRAINT feeds_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds
    ADD CONSTRAINT feeds_url_key UNIQUE (url);
ALTER TABLE ONLY public.fingerprints
    ADD CONSTRAINT fingerprints_pkey PRIMARY KEY (week, article_id);
ALTER TABLE ONLY public.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (link);
ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_pkey PRIMARY KEY (article_id, feed_url);
ALTER TABLE ONLY public.moved
    ADD CONSTRAINT moved_pkey PRIMARY KEY (address);
ALTER TABLE ONLY public.newsline_state
    ADD CONSTRAINT newsline_state_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.outage
    ADD CONSTRAINT outage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.positions
    ADD CONSTRAINT positions_pkey PRIMARY KEY (broker, partition);
ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (article_id, revision);
ALTER TABLE ONLY public.revisits
    ADD CONSTRAINT revisits_pkey PRIMARY KEY (article_id);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (feed_url);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_token_key UNIQUE (token);
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (broker);
CREATE INDEX feeds_due ON public.feeds USING btree (listed, next_poll);
CREATE INDEX ix_entries_link ON public.entries USING btree (link);
CREATE INDEX ix_feeds_address ON public.feeds USING btree (address);
CREATE INDEX ix_revisits_due ON public.revisits USING btree (due);
