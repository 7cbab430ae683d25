-- expression; Databricks type; value on the one row of `one_row`
s LIKE 'W%'; BOOLEAN; true
s LIKE 'w%'; BOOLEAN; false
s LIKE 'W_rd'; BOOLEAN; true
s LIKE 'W'; BOOLEAN; false
s LIKE ''; BOOLEAN; false
n LIKE 'W%'; BOOLEAN; NULL
s LIKE NULL; BOOLEAN; NULL
i LIKE '7'; BOOLEAN; true
'line\nbreak' LIKE 'line%'; BOOLEAN; true
'line\nbreak' LIKE 'line_break'; BOOLEAN; true
s ILIKE 'w%'; BOOLEAN; true
s NOT LIKE 'x%'; BOOLEAN; true
s NOT ILIKE 'w%'; BOOLEAN; false
s LIKE '%\_%'; BOOLEAN; false
'a_b' LIKE '%\_%'; BOOLEAN; true
'a%b' LIKE 'a\%b'; BOOLEAN; true
'axb' LIKE 'a\%b'; BOOLEAN; false
'a\\b' LIKE 'a\\\\b'; BOOLEAN; true
'a%b' LIKE 'a/%b' ESCAPE '/'; BOOLEAN; true
'axb' LIKE 'a/%b' ESCAPE '/'; BOOLEAN; false
'axb' NOT LIKE 'a/%b' ESCAPE '/'; BOOLEAN; true
'a.b' LIKE 'a.b'; BOOLEAN; true
s LIKE ANY ('x%', 'W%'); BOOLEAN; true
s LIKE SOME ('x%', 'W%'); BOOLEAN; true
s LIKE ALL ('%d', 'x%'); BOOLEAN; false
s LIKE ALL ('%d', 'W%'); BOOLEAN; true
s NOT LIKE ANY ('x%', 'W%'); BOOLEAN; true
s NOT LIKE ANY ('W%', '%d'); BOOLEAN; false
s NOT LIKE ALL ('x%', 'W%'); BOOLEAN; false
s NOT LIKE ALL ('x%', 'y%'); BOOLEAN; true
s ILIKE ANY ('X%', 'w%'); BOOLEAN; true
NOT s LIKE ANY ('x%', 'W%'); BOOLEAN; false
