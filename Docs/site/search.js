// Finds sections by words, from the index that make_site.py made (search-index.js sets cuneusSearch). Works from a disk.
(function () {
  "use strict";
  var box = document.getElementById("words"), list = document.getElementById("found"), count = document.getElementById("count");
  var all = Object.keys(cuneusSearch.terms);

  // As words_of in make_site.py.
  function wordsOf(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || [];
  }

  // Every word must occur, as a whole or as the beginning of one; whole words and rare ones weigh more.
  function find(words) {
    var total = null;
    words.forEach(function (word) {
      var scores = new Map();
      all.forEach(function (term) {
        if (!term.startsWith(word)) return;
        var hits = cuneusSearch.terms[term];
        var rare = Math.log(1 + cuneusSearch.sections.length / (hits.length / 2));
        var whole = term === word ? 1 : 0.4 * word.length / term.length;
        for (var at = 0; at < hits.length; at += 2) {
          scores.set(hits[at], (scores.get(hits[at]) || 0) + whole * rare * hits[at + 1]);
        }
      });
      if (total === null) { total = scores; return; }
      total.forEach(function (score, section) {
        if (scores.has(section)) total.set(section, score + scores.get(section)); else total.delete(section);
      });
    });
    return Array.from(total || []).sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; });
  }

  // A few words around the first that was asked for.
  function excerpt(text, words) {
    var low = text.toLowerCase(), at = -1;
    words.forEach(function (word) { var found = low.indexOf(word); if (found >= 0 && (at < 0 || found < at)) at = found; });
    var start = at < 60 ? 0 : text.indexOf(" ", at - 60) + 1;
    return (start > 0 ? "… " : "") + text.slice(start, start + 180) + (text.length > start + 180 ? " …" : "");
  }

  function show() {
    var words = wordsOf(box.value);
    list.textContent = "";
    if (words.length === 0) { count.textContent = ""; return; }
    var found = find(words);
    count.textContent = found.length === 0 ? "Nothing was found. Fewer or shorter words may help." :
      found.length === 1 ? "1 section" : found.length + " sections" + (found.length > 30 ? ", the first 30" : "");
    found.slice(0, 30).forEach(function (hit) {
      var section = cuneusSearch.sections[hit[0]], page = cuneusSearch.pages[section[0]];
      var row = document.createElement("li"), link = document.createElement("a"), text = document.createElement("p");
      link.href = page[0] + (section[1] ? "#" + section[1] : "");
      link.textContent = section[2] === page[1] || !section[2] ? page[1] : page[1] + ": " + section[2];
      text.textContent = excerpt(section[3], words);
      row.append(link, text);
      list.append(row);
    });
  }

  var asked = new URLSearchParams(location.search).get("q");
  if (asked) box.value = asked;
  box.addEventListener("input", show);
  document.getElementById("asked").addEventListener("submit", function (event) {
    event.preventDefault();
    history.replaceState(null, "", "?q=" + encodeURIComponent(box.value));
    show();
  });
  show();
})();
