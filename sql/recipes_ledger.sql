-- docs/recipes.md, "Trial balance": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE accounts (account text PRIMARY KEY, kind text NOT NULL);
CREATE TABLE postings (booking int NOT NULL, account text NOT NULL REFERENCES accounts, amount numeric NOT NULL);
CREATE INDEX ON postings (account);
SELECT mezzanine.create_view('trial_balance', $$
    SELECT a.kind, a.account, coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS debit,
           coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0) AS credit, sum(p.amount) AS balance
    FROM postings AS p JOIN accounts AS a USING (account)
    GROUP BY a.kind, a.account
$$);
SELECT mezzanine.create_view('unbalanced', $$
    SELECT booking, sum(amount) AS off FROM postings GROUP BY booking HAVING sum(amount) <> 0
$$);
SELECT coalesce(sum(debit), 0) - coalesce(sum(credit), 0) AS off FROM mezzanine.trial_balance;

INSERT INTO accounts VALUES ('bank', 'asset'), ('sales', 'income'), ('goods', 'expense');
INSERT INTO postings VALUES (1, 'bank', 100), (1, 'sales', -100), (2, 'goods', 40.50), (2, 'bank', -40.50);
SELECT * FROM mezzanine.trial_balance ORDER BY kind;
SELECT * FROM mezzanine.unbalanced;
BEGIN;
INSERT INTO postings VALUES (3, 'bank', 10);
SELECT * FROM mezzanine.unbalanced;
INSERT INTO postings VALUES (3, 'sales', -10);
SELECT * FROM mezzanine.unbalanced;
COMMIT;
UPDATE accounts SET kind = 'cash' WHERE account = 'bank';
DELETE FROM postings WHERE booking = 2 AND account = 'goods';
SELECT * FROM mezzanine.trial_balance ORDER BY kind;
SELECT * FROM mezzanine.unbalanced;
SELECT * FROM mezzanine.verify('mezzanine.trial_balance');
SELECT * FROM mezzanine.verify('mezzanine.unbalanced');
DROP SCHEMA recipe CASCADE;
