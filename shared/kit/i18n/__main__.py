import sys

from shared.kit.i18n.catalogues import main

sys.exit(main(sys.argv[1:]))
