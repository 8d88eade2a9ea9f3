"""Readers: files and packages in, items of ``service.model`` out."""
