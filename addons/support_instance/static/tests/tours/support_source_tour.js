import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
export const sources = ".o_field_widget[name=all_source_ids]";
const page = "body:not(:has(.modal))";

// What `odoo cloc -v` prints.
const REPORT = [
    "Odoo cloc                                                   Line   Other    Code",
    "-".repeat(80),
    "acme_base                                                    101       1     100",
    "    /srv/acme_base/models.py                                 100       0     100",
    "    /srv/acme_base/__init__.py                                 1       1       0",
    "-".repeat(80),
    "                                                             101       1     100",
    "",
].join("\n");

export function addSource(kind) {
    return [
        {
            content: "Add a source",
            trigger: `${page} ${sources} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            content: "Choose its kind",
            trigger: `.modal .o_field_widget[name=kind] label:contains(${kind})`,
            run: "click",
        },
    ];
}

export function fill(name, value, tag = "input") {
    return {
        content: `Enter ${name}`,
        trigger: `.modal:last .o_field_widget[name=${name}] ${tag}`,
        run: `edit ${value}`,
    };
}

export function select(name, label) {
    return [
        {
            content: `Which ${name}?`,
            trigger: `.modal:last .o_field_widget[name=${name}] .o_select_menu input`,
            run: "click",
        },
        {
            content: label,
            trigger: `.o_select_menu_item:contains(${label})`,
            run: "click",
        },
    ];
}

export function saveSource() {
    return {
        content: "Done with the source",
        trigger: ".modal .o_form_button_save",
        run: "click",
    };
}

export function saveInstance() {
    return [
        {
            content: "Save the instance",
            trigger: `${page} .o_form_button_save`,
            run: "click",
        },
        {
            content: "It is saved",
            trigger: `${page} .o_form_saved`,
        },
    ];
}

function openSource() {
    return {
        content: "Open the source",
        trigger: `${page} ${sources} .o_data_row td[name=kind]`,
        run: "click",
    };
}

tours.add("support_source_git_tour", {
    steps: () => [
        ...addSource("Git repository"),
        {
            content: "Enter the address, which the customer's page shows",
            trigger: ".modal .o_field_widget[name=url] input",
            async run({edit}) {
                const shown = ".o_form_view:not(.modal *) .o_field_widget[name=url]";
                const field = document.querySelector(`${shown} input`);
                await edit(field.value);
            },
        },
        fill("branch", "main"),
        {
            content: "It is not public",
            trigger: ".modal .o_field_widget[name=credential_id] input",
            run: "edit Token of Björkdal",
        },
        {
            content: "Its credentials are new",
            trigger: ".o-autocomplete--dropdown-item:contains(Create and edit)",
            run: "click",
        },
        {
            content: "They are for this server only",
            trigger: ".modal:last .o_field_widget[name=host] input",
            async run({edit}) {
                const shown = ".o_form_view:not(.modal *) .o_field_widget[name=url]";
                const field = document.querySelector(`${shown} input`);
                await edit(new URL(field.value).host);
            },
        },
        // The server of this test is this machine itself.
        ...select("scheme", "Not encrypted (http)"),
        fill("login", "bjorkdal"),
        fill("secret", "hemligt-ord", "textarea"),
        {
            content: "Keep the credentials",
            trigger: ".modal:has([name=secret]) .o_form_button_save",
            run: "click",
        },
        {
            content: "Back on the source, they are chosen",
            trigger:
                ".modal:not(:has([name=secret])) .o_field_widget[name=credential_id] input:value(Token of Björkdal)",
        },
        saveSource(),
        ...saveInstance(),
        openSource(),
        {
            content: "No word of the secret comes back",
            trigger: ".modal .o_field_widget[name=status]:contains(Not read yet)",
            run() {
                if (document.body.innerHTML.includes("hemligt-ord")) {
                    throw new Error("The secret is in the page");
                }
            },
        },
        {
            content: "Close",
            trigger: ".modal .o_form_button_cancel",
            run: "click",
        },
    ],
});

tours.add("support_source_count_tour", {
    steps: () => [
        {
            content: "Count the lines now",
            trigger: `${page} button[name=action_count]`,
            run: "click",
        },
        {
            content: "The count waits for somebody's eyes",
            // Fetching and counting take their time on a busy machine.
            timeout: 60000,
            trigger:
                ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(To Review)",
        },
        {
            content: "A hold: a file that cannot be read",
            trigger:
                ".o_field_widget[name=flag_ids] .o_data_row:contains(Hold):contains(broken.py)",
        },
        {
            content: "A note: a type of file that is never counted",
            trigger:
                ".o_field_widget[name=flag_ids] .o_data_row:contains(Note):contains(.ts)",
        },
        {
            content: "A consultant does not decide",
            trigger: `${page} .o_form_statusbar:not(:has(button[name=action_ask_to_approve]))`,
        },
    ],
});

tours.add("support_source_approve_tour", {
    steps: () => [
        {
            content: "Open the count that waits",
            trigger: ".o_data_row td[name=instance_id]:contains(Björkdal Snickeri AB)",
            run: "click",
        },
        {
            content: "See the hold",
            trigger:
                ".o_field_widget[name=flag_ids] .o_data_row:contains(Hold):contains(broken.py)",
        },
        {
            content: "Approve",
            trigger: `${page} button[name=action_ask_to_approve]`,
            run: "click",
        },
        {
            content: "It has a hold, so it asks why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The file was never installed",
        },
        {
            content: "Approve it with the reason",
            trigger: ".modal footer button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Approved)",
        },
    ],
});

tours.add("support_source_report_tour", {
    steps: () => [
        {
            content: "The customer has sent a report",
            trigger: `${page} .o_form_statusbar button:contains(Add Report)`,
            run: "click",
        },
        {
            content: "Paste half of it",
            trigger: ".modal .o_field_widget[name=text] textarea",
            async run({edit}) {
                await edit(
                    REPORT.replace("101       1     100\n    /", "99 0 99\n    /")
                );
            },
        },
        {
            content: "Check it",
            trigger: ".modal button[name=action_add]",
            run: "click",
        },
        {
            content: "It does not add up, and says where",
            trigger: ".modal .o_error_dialog, .modal:contains(acme_base)",
        },
        {
            content: "Close the message",
            trigger: ".modal:last footer button.btn-primary:not([name=action_add])",
            run: "click",
        },
        {
            content: "Paste all of it",
            trigger:
                ".modal:not(:has(.o_error_dialog)) .o_field_widget[name=text] textarea",
            async run({edit}) {
                await edit(REPORT);
            },
        },
        {
            content: "Check and count",
            trigger: ".modal button[name=action_add]",
            run: "click",
        },
        {
            content: "It is a count like any other",
            timeout: 60000,
            trigger: ".o_form_view .o_field_widget[name=code_lines]:contains(100)",
        },
        {
            content: "It names the Odoo that has counted",
            trigger: ".o_form_view .o_field_widget[name=ruleset]:contains(17.0)",
        },
    ],
});

tours.add("support_source_upload_tour", {
    steps: () => [
        ...addSource("Upload by the server"),
        saveSource(),
        ...saveInstance(),
        openSource(),
        {
            content: "Make its token",
            trigger: ".modal button[name=action_new_token]",
            run: "click",
        },
        {
            content: "The one before becomes useless",
            trigger: ".modal:last footer .btn-primary:contains(Ok)",
            run: "click",
        },
        {
            content: "The lines to run are shown, and work",
            trigger: ".modal .o_field_widget[name=command]:contains(curl)",
            async run() {
                const shown = (name) =>
                    document.querySelector(`.modal .o_field_widget[name=${name}]`)
                        .textContent;
                const token = shown("preparation").match(/Bearer ([\w-]{40,})'/)[1];
                const path = shown("command").match(/\/support\/count\/\d+/)[0];
                const answer = await fetch(path, {
                    method: "POST",
                    headers: {
                        Authorization: `Bearer ${token}`,
                        "Content-Type": "text/plain",
                        "Odoo-Version": "Odoo Server 17.0",
                    },
                    body: REPORT,
                });
                const said = await answer.json();
                if (said.lines !== 100) {
                    throw new Error(JSON.stringify(said));
                }
            },
        },
        {
            content: "It is shown once",
            trigger: ".modal:last footer .btn-primary:contains(I Have Copied It)",
            run: "click",
        },
    ],
});
