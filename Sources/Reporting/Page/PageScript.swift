/// The page's script. It only adds to what is there: without it the page is whole.
///
/// It writes names through text nodes alone, so no name can become markup.
enum PageScript {
  static let text = "'use strict';\n(() => {\n" + shared + tables + cells + curves + "})();\n"

  private static let shared = #"""
    const make = (tag, attributes = {}, ...children) => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.append(...children);
      return element;
    };
    const read = (id) => {
      const element = document.getElementById(id);
      return element ? JSON.parse(element.textContent) : null;
    };
    const named = (text) => make('bdi', {}, text);


    """#
}
