"""Records to documents: canonical text with true offsets, dates, language, identity."""

from transforms.normalise.build import NormaliseOptions, build_article, build_document
from transforms.normalise.paragraphs import paragraphs

__all__ = ["NormaliseOptions", "build_article", "build_document", "paragraphs"]
