/// What the page does beyond being read: tables sort by a click on a column's head, links open what they point into, and printing opens
/// all. The page is complete without it.
///
/// Inline, without dependencies, and it neither loads nor stores anything.
enum ReportScript {
    static let source = """
        (() => {
          'use strict';
          const value = (cell) => {
            const text = cell.textContent.trim().replace(/\\u2212/g, '-').replace(/,(?=\\d{3})/g, '');
            const number = /^[<>\\u2264\\u2265*~ ]*(-?\\d*\\.?\\d+)/.exec(text);
            return number ? Number(number[1]) : text.toLowerCase();
          };
          const compare = (a, b) => {
            if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
            return typeof a === 'number' ? -1 : 1;
          };
          document.querySelectorAll('table.sortable').forEach((table) => {
            const heads = [...table.tHead.rows[0].cells];
            heads.forEach((head, column) => {
              // Of a button element chromium prints the head of a table on its first page only.
              const button = document.createElement('span');
              button.setAttribute('role', 'button');
              button.tabIndex = 0;
              while (head.firstChild) button.appendChild(head.firstChild);
              head.appendChild(button);
              button.addEventListener('keydown', (event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                button.click();
              });
              button.addEventListener('click', () => {
                const isDown = head.getAttribute('aria-sort') === 'ascending';
                heads.forEach((other) => other.removeAttribute('aria-sort'));
                head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
                const body = table.tBodies[0];
                [...body.rows].map((row, n) => ({ row, n, key: value(row.cells[column]) }))
                  .sort((a, b) => (isDown ? -1 : 1) * compare(a.key, b.key) || a.n - b.n)
                  .forEach(({ row }) => body.appendChild(row));
              });
            });
          });
          const place = () => {
            const text = location.hash.slice(1);
            try { return decodeURIComponent(text); } catch { return text; }
          };
          const open = () => {
            const target = location.hash.length > 1 && document.getElementById(place());
            if (!target) return;
            const first = target.tagName === 'DETAILS' ? target : null;
            for (let e = first || target; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
            target.scrollIntoView();
          };
          addEventListener('hashchange', open);
          open();
          let closed = [];
          addEventListener('beforeprint', () => {
            closed = [...document.querySelectorAll('details:not([open])')];
            closed.forEach((one) => { one.open = true; });
          });
          addEventListener('afterprint', () => closed.forEach((one) => { one.open = false; }));
        })();
        """
}
