PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE newsline_state (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO newsline_state VALUES(3);
CREATE TABLE feeds (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	listed BOOLEAN NOT NULL, 
	owner TEXT, 
	leased_until FLOAT NOT NULL, 
	fixed FLOAT, 
	etag TEXT, 
	last_modified TEXT, 
	body_hash BLOB, 
	interval FLOAT, 
	next_poll FLOAT NOT NULL, 
	failures INTEGER NOT NULL, 
	last_outcome TEXT NOT NULL, 
	last_error TEXT NOT NULL, 
	last_success FLOAT, 
	why TEXT NOT NULL, 
	title TEXT NOT NULL, 
	ttl FLOAT NOT NULL, 
	recent FLOAT NOT NULL, 
	came FLOAT NOT NULL, 
	watched FLOAT NOT NULL, 
	address TEXT, 
	moving_to TEXT, 
	moving_since FLOAT, 
	moving_polls INTEGER NOT NULL, 
	also_read_by TEXT, 
	entries BIGINT NOT NULL, 
	published BIGINT NOT NULL, 
	updates BIGINT NOT NULL, 
	duplicates BIGINT NOT NULL, 
	robots BIGINT NOT NULL, 
	refused BIGINT NOT NULL, 
	pruned FLOAT NOT NULL, 
	failed FLOAT, 
	failed_outcome TEXT NOT NULL, 
	failed_detail TEXT NOT NULL, 
	changing TEXT DEFAULT '[]' NOT NULL, 
	listed_entries INTEGER DEFAULT '0' NOT NULL, 
	lost TEXT DEFAULT '{}' NOT NULL, 
	gaps BIGINT DEFAULT '0' NOT NULL, 
	last_gap FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (url)
);
INSERT INTO feeds VALUES(1,'https://example.org/feed',1,NULL,0.0,NULL,'"v1"',NULL,NULL,NULL,1700000900.0,0,'ok','',NULL,'','',0.0,0.0,0.0,0.0,NULL,NULL,NULL,0,NULL,0,0,0,0,0,0,0.0,NULL,'','','[]',0,'{}',0,NULL);
CREATE TABLE entries (
	feed INTEGER NOT NULL, 
	entry_id BLOB NOT NULL, 
	fingerprint BLOB NOT NULL, 
	attempts INTEGER NOT NULL, 
	settled BOOLEAN NOT NULL, 
	outcome TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	handled FLOAT NOT NULL, 
	listed FLOAT NOT NULL, 
	link BLOB NOT NULL, 
	likeness BLOB, 
	address TEXT, 
	title TEXT, 
	PRIMARY KEY (feed, entry_id)
)
 WITHOUT ROWID

;
INSERT INTO entries VALUES(1,X'cea3878a334b240469d159ff840b6434',X'00000000000000000000000000000000',1,1,'published','',1700000000.0,0.0,X'cae66941d9efbd404e4d88758ea67670',NULL,NULL,NULL);
CREATE TABLE articles (
	article_id BLOB NOT NULL, 
	revision INTEGER NOT NULL, 
	first_seen FLOAT NOT NULL, 
	cluster_id BLOB, 
	nearest BLOB, 
	similarity FLOAT, 
	PRIMARY KEY (article_id)
)
 WITHOUT ROWID

;
INSERT INTO articles VALUES(X'00000000000000000000000000000001',1,1772366400.0,NULL,NULL,NULL);
INSERT INTO articles VALUES(X'00000000000000000000000000000002',1,1772366400.0,NULL,NULL,NULL);
INSERT INTO articles VALUES(X'00000000000000000000000000000003',1,1772366400.0,NULL,NULL,NULL);
CREATE TABLE revisions (
	article_id BLOB NOT NULL, 
	revision INTEGER NOT NULL, 
	fetched_at FLOAT NOT NULL, 
	title_hash BLOB NOT NULL, 
	text_hash BLOB NOT NULL, 
	exact_hash BLOB NOT NULL, 
	outline BLOB NOT NULL, 
	text_source TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	feed_url TEXT NOT NULL, 
	address BLOB, 
	PRIMARY KEY (article_id, revision)
)
 WITHOUT ROWID

;
INSERT INTO revisions VALUES(X'00000000000000000000000000000001',1,1772366400.0,X'e2ebaf2cc5ea17b634a2981bae5e413a',X'4ec3a75c5ee2086d0fda3f2dce762119',X'031fcd50bf4c9213',X'3eb75c08b3e837b1','page','first','https://example.org/feed',X'20500cba657282d66bd492941185c2ac');
INSERT INTO revisions VALUES(X'00000000000000000000000000000002',1,1772366400.0,X'e2ebaf2cc5ea17b634a2981bae5e413a',X'4ec3a75c5ee2086d0fda3f2dce762119',X'031fcd50bf4c9213',X'3eb75c08b3e837b1','page','first','https://example.org/feed',X'0e5bbfb0c1295e0a01268c09345c9b48');
INSERT INTO revisions VALUES(X'00000000000000000000000000000003',1,1772366400.0,X'e2ebaf2cc5ea17b634a2981bae5e413a',X'4ec3a75c5ee2086d0fda3f2dce762119',X'031fcd50bf4c9213',X'3eb75c08b3e837b1','page','first','https://example.org/feed',X'4c1510a031686d6f3527fe326c2a972b');
CREATE TABLE moved (
	address BLOB NOT NULL, 
	article_id BLOB NOT NULL, 
	PRIMARY KEY (address)
)
 WITHOUT ROWID

;
INSERT INTO moved VALUES(X'0e5bbfb0c1295e0a01268c09345c9b48',X'00000000000000000000000000000002');
INSERT INTO moved VALUES(X'20500cba657282d66bd492941185c2ac',X'00000000000000000000000000000001');
INSERT INTO moved VALUES(X'4c1510a031686d6f3527fe326c2a972b',X'00000000000000000000000000000003');
CREATE TABLE fingerprints (
	week INTEGER NOT NULL, 
	article_id BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	PRIMARY KEY (week, article_id)
)
 WITHOUT ROWID

;
CREATE TABLE bands (
	week INTEGER NOT NULL, 
	"key" BIGINT NOT NULL, 
	article_id BLOB NOT NULL, 
	PRIMARY KEY (week, "key", article_id)
)
 WITHOUT ROWID

;
CREATE TABLE links (
	link BLOB NOT NULL, 
	article_id BLOB NOT NULL, 
	PRIMARY KEY (link)
)
 WITHOUT ROWID

;
INSERT INTO links VALUES(X'0e5bbfb0c1295e0a01268c09345c9b48',X'00000000000000000000000000000002');
INSERT INTO links VALUES(X'20500cba657282d66bd492941185c2ac',X'00000000000000000000000000000001');
INSERT INTO links VALUES(X'3432e43045c82592c5b5ae96fbb08a38',X'00000000000000000000000000000002');
INSERT INTO links VALUES(X'4c1510a031686d6f3527fe326c2a972b',X'00000000000000000000000000000003');
INSERT INTO links VALUES(X'b971bbbd31c263fba493909db4b30f21',X'00000000000000000000000000000003');
INSERT INTO links VALUES(X'e7d8ab7839e2c75b9ecd58d9ce11b1d9',X'00000000000000000000000000000001');
CREATE TABLE listings (
	article_id BLOB NOT NULL, 
	feed_url TEXT NOT NULL, 
	entry_id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	PRIMARY KEY (article_id, feed_url)
)
 WITHOUT ROWID

;
INSERT INTO listings VALUES(X'00000000000000000000000000000001','https://example.org/feed','1','Harbour reopens');
INSERT INTO listings VALUES(X'00000000000000000000000000000002','https://example.org/feed','2','Harbour reopens');
INSERT INTO listings VALUES(X'00000000000000000000000000000003','https://example.org/feed','3','Harbour reopens');
CREATE TABLE revisits (
	article_id BLOB NOT NULL, 
	due FLOAT NOT NULL, 
	first_seen FLOAT NOT NULL, 
	url TEXT NOT NULL, 
	feed_url TEXT NOT NULL, 
	entry BLOB NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	PRIMARY KEY (article_id)
);
CREATE TABLE subscriptions (
	feed_url TEXT NOT NULL, 
	hub TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	token TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	next_try FLOAT NOT NULL, 
	asked_at FLOAT, 
	expires FLOAT, 
	failures INTEGER NOT NULL, 
	detail TEXT NOT NULL, 
	last_push FLOAT, 
	PRIMARY KEY (feed_url), 
	UNIQUE (token)
);
CREATE TABLE positions (
	broker TEXT NOT NULL, 
	partition INTEGER NOT NULL, 
	"offset" BIGINT NOT NULL, 
	PRIMARY KEY (broker, partition)
);
INSERT INTO positions VALUES('embedded:broker.db',0,1);
INSERT INTO positions VALUES('embedded:broker.db',1,1);
INSERT INTO positions VALUES('embedded:broker.db',2,2);
INSERT INTO positions VALUES('embedded:broker.db',3,0);
CREATE TABLE turns (
	broker TEXT NOT NULL, 
	holder INTEGER, 
	PRIMARY KEY (broker)
);
CREATE TABLE outage (
	id INTEGER NOT NULL, 
	since FLOAT NOT NULL, 
	seen FLOAT NOT NULL, 
	cause TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX feeds_due ON feeds (listed, next_poll);
CREATE INDEX ix_feeds_address ON feeds (address);
CREATE INDEX ix_entries_link ON entries (link);
CREATE INDEX ix_revisits_due ON revisits (due);
COMMIT;
