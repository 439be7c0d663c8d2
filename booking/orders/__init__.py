"""Entrusted orders 委托/送样: samples and wishes, a quote, the lab's work, results, acceptance."""
