# cmake -DOUTPUT=F -DFILES="a.sql;b.sql" -P embed_schema.cmake: writes the migrations as C++ string literals.
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} sql)
  string(APPEND entries "    Migration{\"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"server/store/migrations.h\"

#include <array>

namespace winsome::store {

std::span<const Migration> migrations() {
  static constexpr std::array all{
${entries}  };
  return all;
}

}  // namespace winsome::store
")
