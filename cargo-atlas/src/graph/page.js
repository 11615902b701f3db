"use strict";
(() => {
    const svg = document.querySelector("svg.atlas");
    const packages = [...svg.querySelectorAll(".package")];
    const edges = [...svg.querySelectorAll(".edge")].map((path) => (
        { path, from: Number(path.dataset.from), to: Number(path.dataset.to) }
    ));
    const places = new Map(packages.map((group) => [Number(group.dataset.package), group]));
    const nameOf = (index) => places.get(index).querySelector(".name").textContent;
    const chosen = document.getElementById("chosen");
    const search = document.getElementById("search");
    let pinned = null;

    const reach = (start, from, to) => {
        const reached = new Set();
        const waiting = [start];
        while (waiting.length > 0) {
            const node = waiting.pop();
            for (const edge of edges) {
                if (edge[from] === node && !reached.has(edge[to]) && edge[to] !== start) {
                    reached.add(edge[to]);
                    waiting.push(edge[to]);
                }
            }
        }
        return reached;
    };

    const clear = () => {
        svg.classList.remove("asked");
        for (const element of svg.querySelectorAll(".down, .up, .near, .chosen, .found")) {
            element.classList.remove("down", "up", "near", "chosen", "found");
        }
        chosen.textContent = "";
    };

    const ask = (index) => {
        clear();
        svg.classList.add("asked");
        const down = reach(index, "from", "to");
        const up = reach(index, "to", "from");
        places.get(index).classList.add("chosen");
        down.forEach((other) => places.get(other).classList.add("down"));
        up.forEach((other) => places.get(other).classList.add("up"));
        for (const { path, from, to } of edges) {
            const isDown = (from === index || down.has(from)) && down.has(to);
            const isUp = (to === index || up.has(to)) && up.has(from);
            path.classList.toggle("down", isDown);
            path.classList.toggle("up", isUp && !isDown);
            path.classList.toggle("near", from === index || to === index);
        }
        chosen.textContent =
            `${nameOf(index)}: ${down.size} dependencies, ${up.size} dependents`;
    };

    const find = () => {
        clear();
        const wanted = search.value.trim().toLowerCase();
        if (wanted === "") {
            return;
        }
        svg.classList.add("asked");
        let count = 0;
        let first = null;
        for (const group of packages) {
            let isFound = group.querySelector(".name").textContent.toLowerCase().includes(wanted);
            for (const line of group.querySelectorAll(".module")) {
                const matches = line.textContent.toLowerCase().includes(wanted);
                line.classList.toggle("found", matches);
                isFound = isFound || matches;
            }
            group.classList.toggle("found", isFound);
            count += isFound ? 1 : 0;
            first = first ?? (isFound ? group : null);
        }
        chosen.textContent = count === 1 ? "1 package" : `${count} packages`;
        first?.scrollIntoView({ block: "center", inline: "center" });
    };

    const restore = () => {
        if (pinned !== null) {
            ask(pinned);
        } else {
            find();
        }
    };

    for (const group of packages) {
        const index = Number(group.dataset.package);
        group.addEventListener("mouseenter", () => ask(index));
        group.addEventListener("mouseleave", restore);
        group.addEventListener("click", (event) => {
            event.stopPropagation();
            pinned = pinned === index ? null : index;
            ask(index);
        });
    }
    svg.addEventListener("click", () => {
        pinned = null;
        restore();
    });
    search.addEventListener("input", () => {
        pinned = null;
        find();
    });
    document.getElementById("fit").addEventListener("change", (event) => {
        document.querySelector("main").classList.toggle("fit", event.target.checked);
    });
})();
