-- expression; Databricks type; value on the one row of `one_row`
-- ---- joining
CONCAT(s, ':', i); STRING; Word:7
CONCAT(s, NULL); STRING; NULL
CONCAT(s); STRING; Word
CONCAT(); STRING; 
CONCAT(d, '%'); STRING; 1.50%
CONCAT(x, b); STRING; 2.5true
CONCAT(day, 'T'); STRING; 2024-02-29T
s || '!'; STRING; Word!
s || i || b; STRING; Word7true
s || n; STRING; NULL
CONCAT_WS('-', 'a', NULL, 'b'); STRING; a-b
CONCAT_WS('-', s, i); STRING; Word-7
CONCAT_WS(NULL, 'a', 'b'); STRING; NULL
CONCAT_WS('-'); STRING; 
REPEAT('ab', 3); STRING; ababab
REPEAT('ab', -1); STRING; 
REPEAT('ab', n); STRING; NULL
-- ---- length and case
LENGTH(s); INT; 4
LENGTH('日本 é'); INT; 4
LENGTH(' a '); INT; 3
LENGTH(''); INT; 0
LENGTH(i); INT; 1
LEN(s); INT; 4
CHAR_LENGTH(s); INT; 4
CHARACTER_LENGTH(s); INT; 4
LOWER(s); STRING; word
LOWER('ÀÉ'); STRING; àé
LCASE(s); STRING; word
UPPER(s); STRING; WORD
UPPER('straße é'); STRING; STRASSE É
LOCATE('', 'foo', 9); INT; 1
LOCATE('', 'foo', 0); INT; 0
UCASE(s); STRING; WORD
REVERSE(s); STRING; droW
REVERSE('日本'); STRING; 本日
ASCII(s); INT; 87
ASCII(''); INT; 0
ASCII('é'); INT; 233
-- ---- parts
SUBSTRING(s, 0, 2); STRING; Wo
SUBSTRING(s, 1, 2); STRING; Wo
SUBSTRING(s, 2, 2); STRING; or
SUBSTRING(s, 2); STRING; ord
SUBSTRING(s, -2); STRING; rd
SUBSTRING(s, -2, 1); STRING; r
SUBSTRING(s, -6, 3); STRING; W
SUBSTRING(s, -6); STRING; Word
SUBSTRING(s, 9); STRING; 
SUBSTRING(s, 2, -1); STRING; 
SUBSTRING(s, 2, 100); STRING; ord
SUBSTRING(s, n); STRING; NULL
SUBSTRING(s, i - 5, 2); STRING; or
SUBSTRING(s FROM 2 FOR 2); STRING; or
SUBSTRING('日本語', 2, 1); STRING; 本
SUBSTR(s, 2); STRING; ord
SUBSTR(i, 1, 1); STRING; 7
LEFT(s, 2); STRING; Wo
LEFT(s, -1); STRING; 
LEFT(s, 100); STRING; Word
LEFT(s, n); STRING; NULL
RIGHT(s, 2); STRING; rd
RIGHT(s, 0); STRING; 
RIGHT(s, -1); STRING; 
RIGHT(s, n); STRING; NULL
-- ---- blanks and filling
TRIM('  a '); STRING; a
TRIM('\ta '); STRING; 	a
TRIM(''); STRING; 
TRIM(BOTH 'x' FROM 'xax'); STRING; a
TRIM(BOTH FROM '  a '); STRING; a
TRIM(LEADING 'x' FROM 'xxax'); STRING; ax
TRIM(TRAILING 'x' FROM 'xaxx'); STRING; xa
TRIM('xy', 'xyaxy'); STRING; a
LENGTH(LTRIM('  a ')); INT; 2
LTRIM('x', 'xax'); STRING; ax
LENGTH(RTRIM('  a ')); INT; 3
RTRIM('x', 'xax'); STRING; xa
LPAD('7', 3, '0'); STRING; 007
LPAD('7', 3); STRING;   7
LPAD('12345', 3, '0'); STRING; 123
LPAD('7', 6, 'ab'); STRING; ababa7
LPAD('7', 3, ''); STRING; 7
LPAD('7', -1, '0'); STRING; 
RPAD('7', 3, '0'); STRING; 700
RPAD('12345', 3, '0'); STRING; 123
-- ---- finding and replacing
INSTR(s, 'r'); INT; 3
INSTR(s, 'x'); INT; 0
INSTR(s, ''); INT; 1
LOCATE('r', s); INT; 3
LOCATE('o', 'foo boo', 4); INT; 6
LOCATE('o', 'foo', 9); INT; 0
LOCATE('o', 'foo', 0); INT; 0
LOCATE('', 'foo', 4); INT; 1
LOCATE('o', s, n); INT; 0
POSITION('r' IN s); INT; 3
POSITION('o', 'foo boo', 4); INT; 6
CONTAINS(s, 'or'); BOOLEAN; true
CONTAINS(s, ''); BOOLEAN; true
CONTAINS(s, NULL); BOOLEAN; NULL
CONTAINS(num, 1); BOOLEAN; true
STARTSWITH(s, 'Wo'); BOOLEAN; true
STARTSWITH(s, 'wo'); BOOLEAN; false
ENDSWITH(s, 'rd'); BOOLEAN; true
ENDSWITH(s, ''); BOOLEAN; true
REPLACE(s, 'o', '0'); STRING; W0rd
REPLACE(s, 'o'); STRING; Wrd
REPLACE(s, '', 'x'); STRING; Word
REPLACE(s, 'o', NULL); STRING; NULL
-- ---- digests
MD5('a'); STRING; 0cc175b9c0f1b6a831c399e269772661
SHA2('a', 256); STRING; ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
SHA2('a', 0); STRING; ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
SHA2('é', 256); STRING; 4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c
-- ---- octets, characters one by one, parts between separators
BIT_LENGTH('é'); INT; 16
OCTET_LENGTH('日本'); INT; 6
OCTET_LENGTH(s); INT; 4
BTRIM('  a '); STRING; a
BTRIM('xxaxx', 'x'); STRING; a
LENGTH(SPACE(3)); INT; 3
SPACE(-1); STRING; 
SPLIT_PART('a.b.c', '.', 2); STRING; b
SPLIT_PART('a.b.c', '.', -1); STRING; c
SPLIT_PART('a.b.c', '.', 9); STRING; 
SPLIT_PART('a.b.c', '.', 0); STRING; !INVALID_INDEX_OF_ZERO
SPLIT_PART('abc', ',', 1); STRING; abc
SPLIT_PART('a..b', '.', 2); STRING; 
SPLIT_PART('a||b', '||', 2); STRING; b
SPLIT_PART(CAST(NULL AS STRING), '.', 1); STRING; NULL
SPLIT_PART('a.b.c', '.', -9); STRING; 
TRANSLATE('AaBbCc', 'abc', '123'); STRING; A1B2C3
TRANSLATE('AaBbCc', 'abc', '1'); STRING; A1BC
TRANSLATE('aab', 'aa', '12'); STRING; 11b
TRANSLATE(s, '', 'x'); STRING; Word
SHA('a'); STRING; 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8
SHA1('é'); STRING; bf15be717ac1b080b4f1c456692825891ff5073d
