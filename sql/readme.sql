-- The example in README.md, statement by statement, and the grants that README.md and
-- docs/operations.md give for a real server.
SELECT current_database() AS home \gset
CREATE DATABASE mezzanine_readme;
\c mezzanine_readme
CREATE EXTENSION mezzanine;
CREATE TABLE orders (item text, amount numeric);
SELECT mezzanine.create_view('sales', 'SELECT item, sum(amount) AS revenue FROM orders GROUP BY item');
SELECT inventory.receive('lamp', 'main', 5) AS movement;
SELECT reservation, fence, status, lines FROM inventory.reserve('lamp', 3, key => 'cart 42') \gset
SELECT status, shortfall FROM inventory.reserve('lamp', 4, key => 'cart 43');
BEGIN;
SELECT status, lines FROM inventory.confirm(:'reservation', :fence);
INSERT INTO orders VALUES ('lamp', 59.70);
COMMIT;
SELECT * FROM mezzanine.sales;
SELECT * FROM inventory.verify();
SELECT * FROM mezzanine.verify('mezzanine.sales');

-- The application, the reader of stock and the analyst.
CREATE ROLE readme_shop; CREATE ROLE readme_stock; CREATE ROLE readme_analyst;
GRANT inventory_app TO readme_shop;
GRANT inventory_reader TO readme_stock;
GRANT mezzanine_reader TO readme_analyst;
SET ROLE readme_shop;
SELECT status FROM inventory.reserve('lamp', 1);
RESET ROLE;
SET ROLE readme_stock;
SELECT sku, available FROM inventory.availability;
RESET ROLE;
SET ROLE readme_analyst;
SELECT item, revenue FROM mezzanine.sales;
RESET ROLE;

-- The author of views, on tables of its own.
CREATE ROLE readme_author;
GRANT mezzanine_author TO readme_author;
CREATE SCHEMA readme_author AUTHORIZATION readme_author;
SET ROLE readme_author;
CREATE TABLE readme_author.visits (page text, seconds int);
SELECT mezzanine.create_view('pages', 'SELECT page, avg(seconds) AS seconds FROM readme_author.visits GROUP BY page');
INSERT INTO readme_author.visits VALUES ('home', 3), ('home', 4);
SELECT * FROM mezzanine.verify('mezzanine.pages');
RESET ROLE;
-- And a stranger with a right to write, and none on the view.
CREATE ROLE readme_stranger;
GRANT USAGE ON SCHEMA readme_author TO readme_stranger;
GRANT INSERT ON readme_author.visits TO readme_stranger;
SET ROLE readme_stranger;
INSERT INTO readme_author.visits VALUES ('cart', 9);
RESET ROLE;
SELECT * FROM mezzanine.pages ORDER BY page;
SET ROLE readme_author;
SELECT mezzanine.drop_view('pages');
RESET ROLE;

\c :home
DROP DATABASE mezzanine_readme;
DROP ROLE readme_shop, readme_stock, readme_analyst, readme_author, readme_stranger;
