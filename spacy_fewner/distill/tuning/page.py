def page_of(report, scores, settings):
    return "<html></html>"
