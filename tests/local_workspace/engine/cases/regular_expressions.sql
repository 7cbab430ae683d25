-- expression over `one_row`; Databricks type; value. A pattern is a literal that is read as Java reads it
s RLIKE 'W.*d'; BOOLEAN; true
s RLIKE '^or'; BOOLEAN; false
s REGEXP 'or'; BOOLEAN; true
s NOT RLIKE 'x'; BOOLEAN; true
n RLIKE '7'; BOOLEAN; NULL
i RLIKE '^7$'; BOOLEAN; true
REGEXP_LIKE(s, '[A-Z][a-z]+'); BOOLEAN; true
REGEXP(s, 'w'); BOOLEAN; false
RLIKE(s, 'ord$'); BOOLEAN; true
'word\n' RLIKE 'd$'; BOOLEAN; true
'word\r\n' RLIKE 'd$'; BOOLEAN; true
'word\n\n' RLIKE 'd$'; BOOLEAN; false
'a\nb' RLIKE 'a.b'; BOOLEAN; false
'a\rb' RLIKE 'a.b'; BOOLEAN; false
'日本' RLIKE '^..$'; BOOLEAN; true
'é' RLIKE '\\w'; BOOLEAN; false
'٣' RLIKE '\\d'; BOOLEAN; false
'a\u000bb' RLIKE 'a\\sb'; BOOLEAN; true
'a\u00a0b' RLIKE 'a\\sb'; BOOLEAN; false
'a.b' RLIKE 'a\\.b'; BOOLEAN; true
'axb' RLIKE 'a\\.b'; BOOLEAN; false
'aaa' RLIKE '^a{2,3}$'; BOOLEAN; true
'aaaa' RLIKE '^a{2,3}$'; BOOLEAN; false
'timeout: 30 s' RLIKE '(timeout|cancel): \\d+ ?s'; BOOLEAN; true
'x-y_z' RLIKE '^[\\w-]+$'; BOOLEAN; true
'x-y.z' RLIKE '^[a-z.-]+$'; BOOLEAN; true
'a^b' RLIKE '[a^]b'; BOOLEAN; true
'a]b' RLIKE 'a]b'; BOOLEAN; true
s RLIKE ''; BOOLEAN; true
REGEXP_EXTRACT('error 404 in 5', 'error (\\d+)', 1); STRING; 404
REGEXP_EXTRACT('error 404 in 5', 'error (\\d+)'); STRING; 404
REGEXP_EXTRACT('error 404 in 5', '\\d+', 0); STRING; 404
REGEXP_EXTRACT('none', '(\\d+)', 1); STRING; 
REGEXP_EXTRACT('b', '(a)|(b)', 1); STRING; 
REGEXP_EXTRACT('b', '(a)|(b)', 2); STRING; b
REGEXP_EXTRACT(n, '(\\d+)', 1); STRING; NULL
REGEXP_EXTRACT('key=value\n', '=(.*)$', 1); STRING; value
REGEXP_EXTRACT('aXbXc', '(.*?)X', 1); STRING; a
REGEXP_EXTRACT('2024-02-29', '^(\\d{4})-(\\d{2})', 2); STRING; 02
REGEXP_REPLACE('a1b22', '\\d+', '#'); STRING; a#b#
REGEXP_REPLACE('a1b22', '([a-z])(\\d)', '$2$1'); STRING; 1a2b2
REGEXP_REPLACE('a1b22', '[a-z]', ''); STRING; 122
REGEXP_REPLACE('aaa', 'a', '$0$0'); STRING; aaaaaa
REGEXP_REPLACE(s, 'o|d', '_'); STRING; W_r_
REGEXP_REPLACE(n, 'o', '_'); STRING; NULL
REGEXP_REPLACE('ab', 'x', '-'); STRING; ab
REGEXP_COUNT('a1b22c333', '\\d+'); INT; 3
REGEXP_COUNT(s, 'x'); INT; 0
REGEXP_COUNT(n, 'x'); INT; NULL
REGEXP_COUNT('aaaa', 'aa'); INT; 2
