// Names of headers that `mxml` changes: by what became of them, and those with numbers in them.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
static WHOLE: [(&str, &str); 4] =
    [("new_name", "New/Name"), ("old_name", "Old-Name"), ("two_words", "Two words"), ("who_s", "Who's")];
static NUMBERED: [&str; 4] = ["Line-{i:6}", "Line-{i:6}-{j:6}", "Report{i}Loss", "Unit({i})/Type({j})"];
