// Watches over the start of the page and of the trainer's lab: whatever keeps one of them from starting, the user gets a
// sentence and a button. Trunk puts this script into index.html, so that it arrives with the page. Old browsers must be
// able to read it, so it uses no syntax that is newer than 2011.
(function () {
  'use strict';

  var BROWSERS = 'Chrome or Edge 96, Firefox 114, Safari 16.4, or a newer one';
  var OUTDATED = 'Gradsheet has been updated since you opened this page. Reload the page to go on with the new version.';
  /** Milliseconds after which the user hears that loading takes long. */
  var LONG = 20000;
  /** Milliseconds that a request may take which looks for the reason of a failure. */
  var PATIENCE = 6000;
  /** A module of WebAssembly with one instruction of SIMD, and one with a reference. The page's code has both. */
  var SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  var REFERENCES = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 7, 1, 5, 0, 208, 112, 26, 11];

  setTheme();

  /** Sets the theme before the first paint. */
  function setTheme() {
    var saved = null;
    try { saved = localStorage.getItem('theme'); } catch (error) { /* The browser may forbid storage; then there is no stored choice. */ }
    var dark = saved === 'dark' || (saved !== 'light' && !!window.matchMedia && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.setAttribute('data-theme', dark ? 'dark' : 'light');
  }

  /** Shows a sentence in a box, with a button if there is something to do. */
  function say(box, text, label, act) {
    var notice = document.createElement('div');
    notice.className = 'notice';
    notice.setAttribute('role', label ? 'alert' : 'status');
    notice.appendChild(document.createElement('p')).textContent = text;
    if (label) {
      var button = notice.appendChild(document.createElement('button'));
      button.type = 'button';
      button.textContent = label;
      button.onclick = act;
    }
    box.textContent = '';
    box.appendChild(notice);
  }

  /** Returns a sentence if the page can never start in this browser; otherwise an empty text. */
  function lacking() {
    if (location.protocol === 'file:') {
      return 'Gradsheet cannot run from a file on this computer. Open its address on a web server; README.md says how to start one.';
    }
    if (!('noModule' in document.createElement('script')) || !window.fetch || !window.Promise) {
      return 'This browser is too old for Gradsheet. Use ' + BROWSERS + '.';
    }
    if (!window.WebAssembly) {
      return 'This browser has no WebAssembly, or does not allow it. Gradsheet needs it: use ' + BROWSERS + ', or ask whoever looks after this computer.';
    }
    if (!WebAssembly.validate(new Uint8Array(SIMD)) || !WebAssembly.validate(new Uint8Array(REFERENCES))) {
      return 'This browser is too old for Gradsheet, or does not allow all of WebAssembly. Use ' + BROWSERS + '.';
    }
    return '';
  }

  function reload() {
    location.reload();
  }

  /** Gives a promise a time limit. */
  function limited(promise) {
    return Promise.race([promise, new Promise(function (_, reject) { setTimeout(reject, PATIENCE); })]);
  }

  /** Looks whether a file arrives. Returns words that continue a sentence after a colon, or an empty text. */
  function look(file) {
    var name = '“' + file.split('?')[0].split('/').pop() + '”';
    return limited(fetch(file, { cache: 'no-cache' })).then(function (answer) {
      var type = answer.headers.get('content-type') || '';
      if (answer.body) answer.body.cancel();
      if (answer.status >= 500) return 'the server has a problem just now (error ' + answer.status + ')';
      if (answer.status === 404 || answer.status === 410) return 'the server does not have the file ' + name;
      if (!answer.ok) return 'the server, or a filter before it, refuses the file ' + name + ' (error ' + answer.status + ')';
      if (/html/.test(type)) return 'a web page came in place of the file ' + name + ', perhaps from a filter, or from a network that wants you to sign in';
      return '';
    }, function () {
      if (navigator.onLine === false) return 'this computer is offline';
      return 'the file ' + name + ' does not arrive. Check the internet connection; a filter may also block the file';
    });
  }

  /** Whether the server now has another build of the page than the open one. */
  function isOutdated() {
    var own = document.querySelector('link[rel=modulepreload]');
    if (!own) return Promise.resolve(false);
    return limited(fetch(location.pathname, { cache: 'no-store' })).then(function (answer) {
      return answer.ok ? answer.text() : '';
    }).then(function (page) {
      return page.indexOf('id="boot"') >= 0 && page.indexOf(own.getAttribute('href')) < 0;
    }).catch(function () { return false; });
  }

  /**
   * Finds out why files have not loaded. Returns words that continue a sentence after a colon, "outdated", or an empty text
   * if all files arrive.
   */
  function why(files) {
    if (self.origin === 'null') {
      return Promise.resolve('the page is inside a frame that is shut off from its own server. Open ' + location.href + ' in a tab of its own');
    }
    return Promise.all(files.map(look)).then(function (found) {
      var reason = found.filter(Boolean)[0] || '';
      return isOutdated().then(function (yes) { return yes ? 'outdated' : reason; });
    });
  }

  /** The files behind the address of a loader (assets/loader.js). */
  function behind(loader) {
    var code = /[?&]code=([^&]*)/.exec(loader)[1];
    var kept = loader.split('?')[1].split('&').filter(function (pair) { return /^(v|attempt)=/.test(pair); }).join('&');
    return [loader.split('&ahead=')[0], './' + code + '.js?' + kept, './' + code + '_bg.wasm?' + kept];
  }

  /**
   * Watches over an attempt to load a part of the page. `name` begins a sentence, `box` is where to say something, `isOver`
   * tells whether the part has started or is tried once more, and `again` tries once more. Returns what to call with the
   * error if the attempt has failed.
   */
  function watch(name, box, isOver, files, again) {
    var patience = setTimeout(function () {
      if (!isOver()) say(box, name + ' takes long to load. The connection may be slow, or a filter may hold back a file. You can wait, or try again.', 'Try again', again);
    }, LONG);
    var hasFailed = false;
    return function (error) {
      if (hasFailed || isOver()) return;
      hasFailed = true;
      clearTimeout(patience);
      say(box, name + ' could not start.', 'Try again', again);
      (error === 'outdated' ? Promise.resolve(error) : why(files())).then(function (reason) {
        if (isOver()) return;
        if (reason === 'outdated') return say(box, OUTDATED, 'Reload', reload);
        if (reason) return say(box, name + ' could not start: ' + reason + '.', 'Try again', again);
        say(box, name + ' could not start: a file arrived damaged, or this browser cannot run it (' + error + '). Try again; if that does not help, use ' + BROWSERS + '.', 'Try again', again);
      });
    };
  }

  /** Watches over the start of the page itself. */
  function watchPage() {
    var boot = document.getElementById('boot');
    var lack = lacking();
    if (lack) return say(boot, lack, 'Try again', reload);
    function isOver() { return !boot.parentNode; }
    function files() {
      return [].map.call(document.querySelectorAll('link[rel=modulepreload], link[rel=preload]'), function (link) { return link.getAttribute('href'); });
    }
    // A cache may hold a damaged copy of a file, or a filter's page in its place, so each is fetched past all caches.
    function again() {
      limited(Promise.all(files().map(function (file) { return fetch(file, { cache: 'reload' }); }))).then(reload, reload);
    }
    failed = watch('Gradsheet', boot, isOver, files, again);
    errors.forEach(failed);
  }

  /** What to call when the page has failed to start, and the errors before that was known. */
  var failed = null;
  var errors = [];
  function note(error) {
    var text = error && error.message || String(error || '');
    if (failed) failed(text); else errors.push(text);
  }
  // A script that cannot be fetched reports an error at its element, which only a capturing listener hears. A module that
  // fails while it runs reports an error at the window, and any other promise a rejection.
  addEventListener('error', function (event) {
    var element = event.target;
    if (element === window) return note(event.error || event.message);
    if (element.nodeName === 'SCRIPT' && !element.hasAttribute('data-part')) return note('');
    if (element.nodeName === 'LINK' && /stylesheet/.test(element.rel)) whenRead(function () { show('unstyled'); });
  }, true);
  addEventListener('unhandledrejection', function (event) { note(event.reason); });

  /** Acts when the page has been parsed. "DOMContentLoaded" would also wait for the scripts, which may never arrive. */
  function whenRead(act) {
    if (document.readyState !== 'loading') return act();
    document.addEventListener('readystatechange', function once() {
      document.removeEventListener('readystatechange', once);
      act();
    });
  }
  function show(id) {
    document.getElementById(id).hidden = false;
  }
  whenRead(watchPage);

  // The page's code calls these (src/wire/window_script.rs).

  /** Finds out why the code behind a loader's address has not loaded. */
  window.gradsheetWhy = function (loader) {
    return why(behind(loader)).then(function (reason) {
      if (reason === 'outdated') show('outdated');
      return reason || (hasModuleWorkers() ? '' : 'this browser is too old for it. Use ' + BROWSERS);
    });
  };

  /** Says that the page must be reloaded. */
  window.gradsheetOutdated = function () {
    show('outdated');
  };

  /** Loads a part of the page into its slot (src/ui/kit/slot.rs). */
  window.gradsheetLoadPart = function (loader) {
    var code = /[?&]code=([^&]*)/.exec(loader)[1];
    var slot = document.querySelector('[data-code=' + code + ']');
    var name = slot.getAttribute('data-name');
    var attempts = 0;
    (function attempt() {
      var count = attempts++;
      // With another address the browser tries again: it remembers that a script did not load.
      var address = count ? loader + '&attempt=' + count : loader;
      function isOver() { return slot.hasAttribute('data-mounted') || attempts > count + 1; }
      say(slot, 'Loading ' + name.charAt(0).toLowerCase() + name.slice(1) + '…');
      var lost = watch(name, slot, isOver, function () { return behind(address); }, attempt);
      var script = document.createElement('script');
      script.type = 'module';
      script.src = address;
      script.setAttribute('data-part', code);
      script.onerror = function () { lost(''); };
      slot.addEventListener('unloaded', function (event) { lost(event.detail); });
      // A loader that cannot be read reports its error at the window.
      addEventListener('error', function (event) { if (event.filename === script.src) lost(event.message); });
      document.body.appendChild(script);
    })();
  };

  /** Whether workers can be modules, which older browsers with WebAssembly lack. */
  function hasModuleWorkers() {
    var asked = false;
    try {
      new Worker('blob:', { get type() { asked = true; return 'module'; } }).terminate();
    } catch (error) { /* There is no such worker; only the question matters. */ }
    return asked;
  }
})();
