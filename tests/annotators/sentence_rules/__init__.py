"""Tests of the sentence rules; a package, so that its files may be named as those of other folders."""
