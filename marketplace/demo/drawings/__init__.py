"""Pictures for the demonstration, drawn by code: packs of goods and landscapes of regions."""
