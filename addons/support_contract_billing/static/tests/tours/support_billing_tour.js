import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("support_contract_count_tour", {
    steps: () => [
        {
            content: "Open the contract",
            trigger: ".o_data_row td[name=partner_id]:contains(Björkdal Snickeri AB)",
            run: "click",
        },
        {
            content: "The contract is active",
            trigger:
                ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Active)",
        },
        {
            content: "See what else there is to press",
            trigger: ".o_support_more > .dropdown-toggle",
            run: "click",
        },
        {
            content: "Count its lines",
            trigger: "button[name=action_count]",
            run: "click",
        },
        {
            content: "The count opens and tells its lines",
            trigger: ".o_form_view .o_field_widget[name=code_lines]:contains(153)",
        },
        {
            content: "Look at the modules",
            trigger: ".o_notebook .nav-link[name=modules]",
            run: "click",
        },
        {
            content: "Every module has its line",
            trigger:
                ".o_field_widget[name=module_ids] .o_data_row:contains(acme_base) td[name=code_lines]:contains(120)",
        },
        {
            content: "Look at the files",
            trigger: ".o_notebook .nav-link[name=files]",
            run: "click",
        },
        {
            content: "Every file has its line",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:contains(views.xml) td[name=code_lines]:contains(3)",
        },
    ],
});

registry.category("web_tour.tours").add("support_contract_invoice_tour", {
    steps: () => [
        {
            content: "Open the contract",
            trigger: ".o_data_row td[name=partner_id]:contains(Björkdal Snickeri AB)",
            run: "click",
        },
        {
            content: "Go to its invoice",
            trigger: "button[name=action_view_invoices]",
            run: "click",
        },
        {
            content: "The invoice is posted",
            trigger:
                ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Posted)",
        },
        {
            content: "Ask for the evidence of its line",
            trigger:
                ".o_field_widget[name=invoice_line_ids] button[name=action_view_support_evidence]",
            run: "click",
        },
        {
            content: "The count that was billed opens",
            trigger: ".o_form_view .o_field_widget[name=code_lines]:contains(153)",
        },
        {
            content: "And names the commit",
            trigger: ".o_field_widget[name=revision]:not(:empty)",
        },
    ],
});
