import {registry} from "@web/core/registry";

const form = ".o_action_manager .o_form_view";

registry.category("web_tour.tours").add("support_count_tour", {
    steps: () => [
        {
            content: "Open the count that waits",
            trigger: ".o_data_row td[name=instance_id]:contains(Björkdal Snickeri AB)",
            run: "click",
        },
        {
            content: "It says how much is new to see",
            trigger: `${form} .alert-warning:contains(new to see)`,
        },
        {
            content: "The hold comes first and says what is wrong",
            trigger: `${form} .o_field_widget[name=flag_ids] .o_data_row:eq(0):contains(Hold):contains(broken.py)`,
        },
        {
            content: "What changed stands below it, down to the file",
            trigger: `${form} .o_support_count_changes tr:contains(models.py):contains(+5)`,
        },
        {
            content: "Compare it with another count",
            trigger: "button[name=action_compare]",
            run: "click",
        },
        {
            content: "The same, side by side",
            trigger: ".modal .o_support_count_changes tr[data-module=acme_base]",
        },
        {
            content: "Close",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "Think of rejecting it",
            trigger: "body:not(:has(.modal)) button[name=action_reject]",
            run: "click",
        },
        {
            content: "A reason would be needed",
            trigger: ".modal .o_field_widget[name=reason].o_required_modifier textarea",
        },
        {
            content: "Go back",
            trigger: ".modal footer button.btn-secondary",
            run: "click",
        },
        {
            content: "Approve",
            trigger: "body:not(:has(.modal)) button[name=action_ask_to_approve]",
            run: "click",
        },
        {
            content: "It has a hold, so it asks why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The customer has told us",
        },
        {
            content: "Approve it with the reason",
            trigger: ".modal footer button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved, and the hold accepted",
            trigger: `${form} .o_statusbar_status .o_arrow_button_current:contains(Approved)`,
        },
        {
            content: "Verify it",
            trigger: "button[name=action_verify]",
            run: "click",
        },
        {
            content: "It still says what it said",
            trigger: ".o_notification:contains(intact)",
        },
    ],
});
