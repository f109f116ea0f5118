"""`python -m modelspec`."""

import sys

from modelspec.cli import main

sys.exit(main())
