"""The course as a website and on paper: units without solutions but with outputs, guides, search; offline."""
