-- In which language, and how large, Mitta is read.

ALTER TABLE settings ADD COLUMN language TEXT NOT NULL DEFAULT 'system' CHECK (language IN ('system', 'en', 'de'));
ALTER TABLE settings ADD COLUMN text_percent INTEGER NOT NULL DEFAULT 100 CHECK (text_percent BETWEEN 80 AND 200);
