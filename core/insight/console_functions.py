"""The functions a question of the SQL console may use. What is not named here cannot be called.

Left out on purpose: whatever reads files, settings, the catalogue or the environment (read_csv, glob, getenv,
current_setting, query, duckdb_*, pragma_*), writes or waits (write_log, setseed, sleep_ms, nextval), runs SQL from text
(json_execute_serialized_sql, query_table), or makes one enormous value out of a small one (repeat, lpad, printf,
range and generate_series as a value, list_resize).
"""

AGGREGATES = """
any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_min arg_min_null argmax
argmin array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp
cume_dist dense_rank entropy favg fill first first_value fsum group_concat histogram kurtosis kurtosis_pop lag last
last_value lead list listagg mad max max_by mean median min min_by mode nth_value ntile percent_rank product quantile
quantile_cont quantile_disc rank rank_dense regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx
regr_sxy regr_syy reservoir_quantile row_number sem skewness stddev stddev_pop stddev_samp string_agg sum sumkahan var_pop
var_samp variance wavg weighted_avg geomean geometric_mean grouping grouping_id
"""
SCALARS = """
!__postfix !~~ !~~* % & && * ** + - ->> -> / // << >> @ @> <@ ^ ^@ | || ~ ~~ ~~* ~~~
abs acos acosh add age array_contains array_distinct array_extract array_has array_has_all array_has_any array_length
array_position array_slice array_sort array_to_string array_transform array_unique array_value ascii asin asinh atan atan2
atanh bit_count cardinality cbrt ceil ceiling century char_length character_length chr coalesce combine concat concat_ws
contains cos cosh cot current_date current_timestamp damerau_levenshtein date_add date_diff date_part date_sub date_trunc
datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade degrees divide
element_at ends_with epoch epoch_ms epoch_us equi_width_bins era even exp factorial fdiv flatten floor fmod format_bytes
gcd get_current_timestamp greatest hamming hash hour ifnull ilike_escape instr isfinite isinf isnan isodow isoyear jaccard
jaro_similarity jaro_winkler_similarity json_array_length json_contains json_exists json_extract json_extract_path
json_extract_path_text json_extract_string json_keys json_type json_valid json_value julian last_day lcase lcm least left
len length levenshtein lgamma like_escape list_any_value list_avg list_concat list_contains list_count list_distinct
list_element list_extract list_filter list_first list_has list_has_all list_has_any list_indexof list_intersect list_last
list_max list_median list_min list_pack list_position list_reverse list_reverse_sort list_slice list_sort list_sum
list_transform list_unique list_value ln log log10 log2 lower ltrim make_date make_time make_timestamp make_timestamptz map
map_contains map_entries map_extract map_from_entries map_keys map_values md5 microsecond millennium millisecond minute mod
month monthname multiply nfc_normalize not_ilike_escape not_like_escape now nullif ord pi position pow power prefix quarter
radians random regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
regexp_split_to_array replace reverse right round round_even row rtrim second sha1 sha256 sign signbit sin sinh split
split_part sqrt starts_with str_split string_split string_split_regex string_to_array strip_accents strftime strlen strpos
strptime struct_extract struct_pack substr substring subtract suffix tan tanh time_bucket timezone to_centuries to_days
to_decades to_hours to_microseconds to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks
to_years today translate trim trunc try_strptime typeof ucase unicode upper week weekday weekofyear xor year yearweek
list_aggregate list_aggr array_aggregate struct_extract_at map_extract_value
"""
SCALAR_NAMES = frozenset((AGGREGATES + SCALARS).split()) | {"unnest"}
TABLE_NAMES = frozenset({"range", "generate_series", "unnest"})
