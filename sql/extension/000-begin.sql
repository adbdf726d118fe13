\echo Use "CREATE EXTENSION mezzanine" to load this file. \quit
