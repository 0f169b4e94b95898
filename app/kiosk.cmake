# SPDX-License-Identifier: Apache-2.0
# The two programs of the terminal, joined from the rooms.
set(YIJIAN_DATA_PATH "${CMAKE_INSTALL_FULL_LOCALSTATEDIR}/lib/yijian" CACHE STRING "data folder")
set(YIJIAN_KEYS_PATH "${CMAKE_INSTALL_FULL_SYSCONFDIR}/yijian/keys" CACHE STRING "key folder")

set(yj_app_definitions
    YIJIAN_VERSION="${PROJECT_VERSION}"
    YIJIAN_ASSETS_DIR="${CMAKE_INSTALL_FULL_DATADIR}/yijian"
    YIJIAN_DATA_DIR="${YIJIAN_DATA_PATH}"
    YIJIAN_KEYS_DIR="${YIJIAN_KEYS_PATH}"
    $<$<BOOL:${YIJIAN_INSPECTOR}>:YIJIAN_INSPECTOR>)

# What the kiosk and kioskctl share.
add_library(yj_terminal STATIC catalogue_disk.c catalogue_stage.c catalogue_store.c settings.c settings_people.c)
target_include_directories(yj_terminal PUBLIC ${CMAKE_SOURCE_DIR}/app)
target_compile_definitions(yj_terminal PRIVATE ${yj_app_definitions})
target_link_libraries(yj_terminal PUBLIC yj_flags yj_base yj_types yj_core yj_seal
                      PRIVATE PkgConfig::JANSSON)

add_library(yj_app STATIC host.c kiosk.c kiosk_catalogue.c kiosk_effects.c kiosk_hall.c kiosk_incoming.c kiosk_start.c)
target_include_directories(yj_app PUBLIC ${CMAKE_SOURCE_DIR}/app ${CMAKE_SOURCE_DIR})
target_compile_definitions(yj_app PRIVATE ${yj_app_definitions})
target_link_libraries(yj_app PUBLIC yj_flags yj_base yj_types yj_core yj_terminal yj_sync yj_drivers yj_camera yj_ui
                      PRIVATE PkgConfig::JANSSON)

add_executable(kiosk main.c)
target_compile_definitions(kiosk PRIVATE ${yj_app_definitions})
target_link_libraries(kiosk PRIVATE yj_app PkgConfig::JANSSON)

add_executable(kioskctl ctl/kioskctl.c ctl/ctl_args.c ctl/ctl_catalogue.c ctl/ctl_content.c ctl/ctl_device.c
               ctl/ctl_enrol.c
               ctl/ctl_theme.c)
target_compile_definitions(kioskctl PRIVATE ${yj_app_definitions})
target_link_libraries(kioskctl PRIVATE yj_flags yj_base yj_types yj_core yj_seal yj_sync yj_terminal yj_reader yj_scanner
                      yj_printer yj_card_slot_core yj_theme yj_keypad PkgConfig::JANSSON)

install(TARGETS kiosk kioskctl COMPONENT product RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
