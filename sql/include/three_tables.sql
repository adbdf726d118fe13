-- Three tables to join, with NULLs and without matches on each side.
CREATE TABLE a (id int PRIMARY KEY, k int, g text);
CREATE TABLE b (id int PRIMARY KEY, k int8, x int, t text);
CREATE TABLE c (id int PRIMARY KEY, x int, y numeric);
CREATE INDEX ON a (k);
CREATE INDEX ON b (k);
CREATE INDEX ON b (x);
CREATE INDEX ON c (x);
INSERT INTO a SELECT i, nullif(i % 8, 7), 'g' || i % 3 FROM generate_series(1, 20) AS i;
INSERT INTO b SELECT i, nullif(i % 6 + 1, 6), i % 5, nullif('t' || i % 2, 't0') FROM generate_series(1, 15) AS i;
INSERT INTO c SELECT i, nullif(i % 4, 0), i / 2.0 FROM generate_series(1, 10) AS i;
