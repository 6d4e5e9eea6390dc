import {registry} from "@web/core/registry";

/** Tests share their computer: a page may take its time. */
function patiently(steps) {
    return steps.map((step) => ({timeout: 45000, ...step}));
}

function row(name) {
    return `.o_field_widget[name=line_ids] .o_data_row:contains(${name})`;
}

function done(name) {
    return {
        content: `${name}: done`,
        trigger: `${row(name)} .badge.text-bg-success`,
    };
}

function open(name) {
    return {
        content: `${name}: open`,
        trigger: `${row(name)} button:visible:contains(Open)`,
        run: "click",
    };
}

function edit(name, text) {
    return {
        content: `${name}: ${text}`,
        trigger: `.modal .o_field_widget[name=${name}] input`,
        run: `edit ${text}`,
    };
}

const SAVE = {
    content: "Save",
    trigger: ".modal-footer button[name=action_save]",
    run: "click",
};

// From a company that has nothing to one that can invoice.
registry.category("web_tour.tours").add("l10n_se_support_setup_tour", {
    steps: () =>
        patiently([
            {
                content: "Nothing can be said of its taxes yet",
                trigger: `${row("Fiscal positions")}:contains(Waits)`,
            },
            open("Swedish chart of accounts"),
            {
                content: "K2 is proposed",
                trigger: ".modal .o_field_widget[name=chart_template]",
            },
            SAVE,
            {
                ...done("Swedish chart of accounts"),
                // 1,187 accounts
                timeout: 60000,
            },
            open("Organisation and VAT number"),
            edit("org_number", "16 559999-0016"),
            edit("vat", "SE559999001601"),
            edit("street", "Storgatan 1"),
            edit("zip", "411 01"),
            edit("city", "Göteborg"),
            edit("l10n_se_seat", "Göteborg"),
            {
                content: "Approved for F-tax",
                trigger: ".modal .o_field_widget[name=l10n_se_f_tax] input",
                run: "click",
            },
            SAVE,
            done("Organisation and VAT number"),
            open("Bankgiro"),
            edit("bankgiro", "50501055"),
            edit("iban", "SE4550000000058398257466"),
            edit("bic", "ESSESESS"),
            SAVE,
            done("Bankgiro"),
            {
                content: "The rest asks nothing",
                trigger: ".o_statusbar_buttons button[name=action_correct]",
                run: "click",
            },
            {
                content: "Ready",
                trigger: ".o_field_widget[name=headline]:contains(is ready to invoice)",
            },
            done("Rounding of VAT"),
        ]),
});
