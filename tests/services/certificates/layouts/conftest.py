"""What the tests of layouts share."""

from tests.support.browser import browser as browser
