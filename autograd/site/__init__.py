"""The course as a folder of pages: for a web space, a learning platform, or a stick, from which it opens without any server.

shell            the page around every page: its style, its navigation, its policy
lesson_page      a lesson: its story, and beside it the stage, the handout, the plot, the bridges to other programs
start_page       chapters, questions, the search
laboratory_page  Python in a page: example_programs is what it opens, laboratory_program what runs there
site_folder      what a site consists of, put together and written, whole or not at all
server, site_command   `serve` and `site`
"""
