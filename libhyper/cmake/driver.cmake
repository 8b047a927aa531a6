# SPDX-License-Identifier: MIT
# hyper_driver(NAME SOURCES… LIBS…): drv_NAME.so, which all drivers of this
# tree are built with. They use the public interface, as any other would.
function(hyper_driver name)
	cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
	add_library(drv_${name} MODULE ${arg_SOURCES})
	set_target_properties(drv_${name} PROPERTIES PREFIX ""
		LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/drivers)
	target_link_libraries(drv_${name} PRIVATE hyper_flags hyper
		hyper_util ${arg_LIBS})
	target_link_options(drv_${name} PRIVATE -Wl,-z,relro,-z,now
		-Wl,--exclude-libs,ALL)
	install(TARGETS drv_${name} LIBRARY
		DESTINATION ${CMAKE_INSTALL_LIBDIR}/${HYPER_DRIVER_SUBDIR})
endfunction()
