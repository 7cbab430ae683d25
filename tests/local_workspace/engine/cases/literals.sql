-- expression; Databricks type; value on the one row of `one_row`
1; INT; 1
3000000000; BIGINT; 3000000000
99999999999999999999; DECIMAL(20,0); 99999999999999999999
0.40; DECIMAL(2,2); 0.40
.5; DECIMAL(1,1); 0.5
100.0; DECIMAL(4,1); 100.0
1.; DECIMAL(1,0); 1
1e3; DOUBLE; 1000.0
2.5D; DOUBLE; 2.5
1.5BD; DECIMAL(2,1); 1.5
1L; BIGINT; 1
-- a text escapes with a backslash; two texts side by side are one
'it\'s'; STRING; it's
'two ' 'parts'; STRING; two parts
"double"; STRING; double
"it's"; STRING; it's
'a\\b'; STRING; a\b
LENGTH('line\nbreak'); INT; 10
r'a\nb'; STRING; a\nb
'\u0041\101'; STRING; AA
'100\% of a\_b'; STRING; 100\% of a\_b
''; STRING; 
'日本 é'; STRING; 日本 é
TRUE; BOOLEAN; true
FALSE; BOOLEAN; false
DATE '2024-01-31'; DATE; 2024-01-31
TIMESTAMP '2024-01-31 10:00:00'; TIMESTAMP; 2024-01-31 10:00:00
TIMESTAMP '2024-01-31 10:00:00.5'; TIMESTAMP; 2024-01-31 10:00:00.5
-- every column of the row, so that both engines are seen to hold the same
t; TINYINT; 7
i; INT; 7
l; BIGINT; 10
z; INT; 0
f; FLOAT; 0.5
x; DOUBLE; 2.5
big; DOUBLE; 1.0E10
d; DECIMAL(10,2); 1.50
w; DECIMAL(38,18); 0.123456789012345678
s; STRING; Word
num; STRING; 12
n; INT; NULL
b; BOOLEAN; true
day; DATE; 2024-02-29
ts; TIMESTAMP; 2024-02-29 13:14:15.25
window.start; TIMESTAMP; 2024-02-29 00:00:00
window.end; TIMESTAMP; 2024-03-01 00:00:00
`i`; INT; 7
